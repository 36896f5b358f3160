"""The pages below ``/m/`` for very old telephones: no scripts, no styles, a few tags.

``twins`` which addresses they have and how links stay among them, ``tags`` what is left of a usual page's markup.
Knows no view: a blueprint that has light pages is registered a second time, under the name that ``twins`` gives it.

Begin with ``twins``.
"""
