"""Durable state: one contract, kept by SQLite and by a store in memory."""
