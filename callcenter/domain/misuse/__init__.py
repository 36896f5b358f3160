"""Calls that misuse the line: what may be noted and for how long a number is marked.

``flags`` holds the kinds of misuse, the difference of a mark and a block, how long each lasts and how an appeal ends.

Begin with ``flags``. A mark never says more than that there is one; its story is for those who may know it.
"""
