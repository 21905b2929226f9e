"""Compiled algorithms of ours: C without Python in it, loaded by `native` where it was built."""
