"""Rules of what administrators publish and set.

Begin with ``leaflets``.
"""
