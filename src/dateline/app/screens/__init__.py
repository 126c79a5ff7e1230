"""The screens; each is a folder of its own, and none knows another."""
