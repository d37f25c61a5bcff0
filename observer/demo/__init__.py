"""A demonstration mission: a run-off over the real regions of Peru, all else invented from a seed.

Nothing in it was observed anywhere. Places, people and submissions are fictional; figures of the
real election enter as cited sources alone.
"""
