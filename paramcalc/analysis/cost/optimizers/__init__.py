"""What optimizers keep between two steps, as data: a line of ``optimizers.txt`` each; its header describes them."""

from .choose import optimizer as optimizer
from .options import Optimizer as Optimizer
from .overview import OverviewRow as OverviewRow, table as table
from .state import Slot as Slot, State as State, optimizer_state as optimizer_state
from .stated import optimizer_for as optimizer_for, stated_optimizer as stated_optimizer
from .text import read_optimizer as read_optimizer
