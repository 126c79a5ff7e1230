"""The one door to the network: https and http, with limits, for addresses that are public."""
