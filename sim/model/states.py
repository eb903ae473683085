"""Codes of the small categories a user can be in."""

REST = 0
SPEND = 1
REPAY = 2
UPLOAD = 3
PLANS = ("rest", "spend", "repay", "upload")

ONLOOKER = 0
POSTER = 1
SEEKER = 2
ROLES = ("onlooker", "poster", "seeker")
ROLE = 3
"""In the column `role`: the bits of the role itself; the posting group (0 to 3) stands above them."""
GROUP_PLACE = 2
MOST_GROUPS = 4
VIEWED = 16
"""In the column `role`: the user has visited the first circle; the bits above stand for the others, so that one who has visited
any has a role of at least this."""

KNOWN = 0
FOLK = 1
LEARNED = 2
BELIEFS = ("known", "folk", "learned")

VIEW = 1
LIKE = 2
TIP = 4
COMMENT = 8
POSTING = 16
FEATURES = {"view": VIEW, "like": LIKE, "tip": TIP, "comment": COMMENT, "post": POSTING}
ALL_FEATURES = 31

ENTERED = 32
"""In the column `admitted`, beside the flags of the features opened: all that the gate covers is open."""
INVITED = 64
"""In the column `admitted`: a contact has invited the user."""

CAR = 1
HOUSE = 2
FUND = 4
ASSETS = ("car", "house", "housing_fund")

NEVER = -1
"""Tick of something that has not happened."""
