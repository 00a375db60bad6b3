"""The framework's own answer: the same model in Keras, compared tensor by tensor.

Importing this imports no framework; calling it does.
"""

from .compare import Difference as Difference
from .live import from_keras as from_keras
from .verification import Verification as Verification
from .verification import verify as verify
