"""Rows to people as columns, through the contract, with every defect reported."""
