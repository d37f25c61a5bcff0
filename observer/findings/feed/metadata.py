"""What the feed consists of, for programs: the service document and the CSDL description."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from xml.etree import ElementTree

from observer.findings.feed.sets import Described, EntitySet

EDMX = "http://docs.oasis-open.org/odata/ns/edmx"
EDM = "http://docs.oasis-open.org/odata/ns/edm"
NAMESPACE, CONTAINER = "observer", "feed"
VOCABULARIES = {
    "Org.OData.Core.V1": "Core",
    "Org.OData.Capabilities.V1": "Capabilities",
}
_REFERENCES = "https://oasis-tcs.github.io/odata-vocabularies/vocabularies"
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML document can have in it."""


def service_document(entity_sets: Iterable[EntitySet], context: str) -> dict[str, Any]:
    """The names and addresses of the tables."""
    sets = [{"name": each.name, "kind": "EntitySet", "url": each.name} for each in entity_sets]
    return {"@odata.context": context, "value": sets}


def write_metadata(described: Iterable[Described]) -> bytes:
    """The CSDL of these tables: each with its key, and each column with its type and its label."""
    described = list(described)
    root = ElementTree.Element("edmx:Edmx", {"xmlns:edmx": EDMX, "Version": "4.0"})
    for vocabulary, alias in VOCABULARIES.items():
        where = {"Uri": f"{_REFERENCES}/{vocabulary}.xml"}
        reference = ElementTree.SubElement(root, "edmx:Reference", where)
        named = {"Namespace": vocabulary, "Alias": alias}
        ElementTree.SubElement(reference, "edmx:Include", named)
    services = ElementTree.SubElement(root, "edmx:DataServices")
    named = {"xmlns": EDM, "Namespace": NAMESPACE}
    schema = ElementTree.SubElement(services, "Schema", named)
    for each in described:
        _add_type(schema, each)
    container = ElementTree.SubElement(schema, "EntityContainer", {"Name": CONTAINER})
    for each in described:
        _add_set(container, each)
    return ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)


def _type_name(entity_set: EntitySet) -> str:
    # Types and the container share one space of names, in which forms are free in theirs.
    return f"{entity_set.name}_row"


def _add_type(schema: ElementTree.Element, described: Described) -> None:
    named = {"Name": _type_name(described.entity_set)}
    entity = ElementTree.SubElement(schema, "EntityType", named)
    key = ElementTree.SubElement(entity, "Key")
    keys = {column.name for column in described.key}
    for column in described.key:
        ElementTree.SubElement(key, "PropertyRef", {"Name": column.name})
    for column in described.columns:
        about = {"Name": column.name, "Type": column.edm}
        if column.name in keys:
            about["Nullable"] = "false"
        property_ = ElementTree.SubElement(entity, "Property", about)
        _annotate(property_, "Core.Description", String=column.variable.label)


def _add_set(container: ElementTree.Element, described: Described) -> None:
    entity_set = described.entity_set
    about = {"Name": entity_set.name, "EntityType": f"{NAMESPACE}.{_type_name(entity_set)}"}
    element = ElementTree.SubElement(container, "EntitySet", about)
    _annotate(element, "Core.Description", String=described.title)
    # Programs that know it sort and filter themselves instead of trying to have it done here.
    for what, can in (("FilterRestrictions", "Filterable"), ("SortRestrictions", "Sortable")):
        annotation = _annotate(element, f"Capabilities.{what}")
        record = ElementTree.SubElement(annotation, "Record")
        ElementTree.SubElement(record, "PropertyValue", {"Property": can, "Bool": "false"})


def _annotate(element: ElementTree.Element, term: str, **value: str) -> ElementTree.Element:
    written = {name: _UNWRITABLE.sub("", text) for name, text in value.items()}
    return ElementTree.SubElement(element, "Annotation", {"Term": term, **written})
