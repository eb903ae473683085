"""Mechanism 9, the bureau: what it knows of its users (`records`), a score learned from it (`fit`, `learn`), put on the
published scale (`scale`), and how well any score tells who falls overdue (`power`).
"""
