"""The line under everything that can happen to it: ``make chaos`` plays many histories, kills processes, cuts wires.

Each part prints its seed and its counts and stops by itself; ``make test`` plays a short piece of the first.
"""
