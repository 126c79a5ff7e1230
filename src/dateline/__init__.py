"""dateline: measure, weigh and publish what imagery and open sources show."""

__version__ = "0.1.0"
