"""Compares counts with the framework: models and live models tensor by tensor, checkpoints, and the audit of all rules.

Importing this imports no framework; calling it does.
"""

from .adapters.keras.live import from_keras as from_keras
from .adapters.torch.live import from_torch as from_torch
from .against import verify_checkpoint as verify_checkpoint
from .compare import Difference as Difference
from .models import verify as verify
from .outcome import Verification as Verification
