"""Desired state, the difference to the present one, its effect on people, the digest and the saved plan."""
