"""The cost of a model: multiply-adds of each pass, memory for each purpose, and what training on sequences takes."""

from .cost import cost as cost
from .result import Cost as Cost, LayerCost as LayerCost
