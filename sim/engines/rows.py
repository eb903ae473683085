"""What the rows of a block's scratch arrays hold: rates, counts and words of luck of the kinds of visits, and others."""

from numpy import float32, int32

HABIT, PAYMENT, CHECK, IN_CIRCLE, RIVAL, AGAIN = range(6)
"""Rows of rates, counts and words, by kind of visit; again: of those worked out a second time."""
ERRANDS, VISITS_TODAY, AGAIN_COUNT = 5, 6, 7
"""Rows of counts alone."""
LIKE_WORD, COMMENT_WORD, TIP_WORD, AMOUNT_WORD, AGAIN_WORD = 5, 6, 7, 8, 9
"""Rows of words of luck alone."""

UNKNOWN = int32(-1)
"""Counts in 32 bits throughout, so that eight fit where four would."""
ZERO = float32(0.0)
