"""Why one user does what they do on a day: the run is replayed, and the user is put before the very rules of the model.

life.py      one user followed tick by tick in one world
recall.py    the user as at a review, and the review held again, with every value that was weighed
reason.py    what kind of answer it is, and the chance of each plan
change.py    what would have to be different for an effort to pay
events.py    what happened to the user, day by day
words.py     all that in sentences
explain.py   from a scenario file to the explanation
"""
