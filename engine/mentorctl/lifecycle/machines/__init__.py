"""The lifecycles that a program has before it says anything of its own: what its model, gates and dates make them."""
