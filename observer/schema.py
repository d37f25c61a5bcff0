"""The tables of all rooms together."""

from __future__ import annotations

from observer.access import models as _access
from observer.checklists import models as _checklists
from observer.collect import models as _collect
from observer.database import Base
from observer.findings import models as _findings
from observer.missions import jobmodels as _jobs
from observer.missions import models as _missions
from observer.review import casemodels as _cases
from observer.review import models as _review
from observer.statements import models as _statements
from observer.statements import recommendationmodels as _recommendations
from observer.statements import sectionmodels as _sections

ROOMS_WITH_TABLES = (
    _access,
    _missions,
    _jobs,
    _checklists,
    _collect,
    _review,
    _cases,
    _findings,
    _statements,
    _sections,
    _recommendations,
)
METADATA = Base.metadata
