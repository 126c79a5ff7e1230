"""The nouns everything else is made of: time, place, number, state, identity, errors. Standard library and numpy."""

from dateline.core.clock import Clock, FixedClock, SystemClock
from dateline.core.errors import DatelineError, InputError, RecordError, Refusal, UsageError
from dateline.core.estimate import Estimate
from dateline.core.quantity import Quantity
from dateline.core.state import State
from dateline.core.when import When
from dateline.core.where import Where

__all__ = [
    "Clock",
    "DatelineError",
    "Estimate",
    "FixedClock",
    "InputError",
    "Quantity",
    "RecordError",
    "Refusal",
    "State",
    "SystemClock",
    "UsageError",
    "When",
    "Where",
]
