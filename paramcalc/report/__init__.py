"""Reports: rows and totals as plain data, exact integers or expressions; every view is made from these."""

from .data import SCHEMA as SCHEMA, plain as plain
from .protocols import Frame as Frame, Reported as Reported
from .report import Report as Report, report_of as report_of
from .row import Row as Row, rows_of as rows_of
