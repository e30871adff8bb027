"""The entry of the open data in a data catalogue: DCAT-AP-NO as JSON-LD.

What is not known is not there: without a licence or a contact, which the operator states, the entry
has none. Addresses are relative to its own, so it is right wherever the files lie.
"""

from __future__ import annotations

from dashboards.open_data import json_stat
from dashboards.open_data import open_data_words as words
from dashboards.open_data.datasets import Dataset, OpenData
from dashboards.open_data.json_ld import Json, day, values
from dashboards.open_data.open_data_words import LANGUAGES, Text
from dashboards.open_data.tables_as_csv import table_file

FILE = "catalogue.jsonld"
MEDIA_TYPE = "application/ld+json"

_PREFIXES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_EU = "http://publications.europa.eu/resource/authority"
_LANGUAGES = {"nb": f"{_EU}/language/NOB", "en": f"{_EU}/language/ENG"}
_THEME = f"{_EU}/data-theme/SOCI"
_PUBLIC = f"{_EU}/access-right/PUBLIC"
_ANNUAL = f"{_EU}/frequency/ANNUAL"
_IANA = "http://www.iana.org/assignments/media-types"
_FORMATS = {"text/csv": f"{_EU}/file-type/CSV", json_stat.MEDIA_TYPE: f"{_EU}/file-type/JSON"}
_CSVW = "https://www.w3.org/TR/tabular-data-model/"
_JSON_STAT = "https://json-stat.org/full/"


def catalogue(of: OpenData) -> Json:
    """Return the catalogue with a dataset for each mart that has rows."""
    days = of.published_on(of.publication.years)
    return {
        "@context": _PREFIXES,
        "@id": FILE,
        "@type": "dcat:Catalog",
        "dct:identifier": "nora",
        "dct:title": values(words.TITLE),
        "dct:description": values(_joined(words.DESCRIPTION, *of.synthetic)),
        "dct:language": [_iri(one) for one in _LANGUAGES.values()],
        "dct:issued": day(days[0].isoformat()),
        "dct:modified": day(days[-1].isoformat()),
        **_about(of),
        "dcat:themeTaxonomy": _iri(f"{_EU}/data-theme"),
        "dcat:dataset": [_dataset(of, one) for one in of.datasets if one.years],
    }


def _about(of: OpenData) -> Json:
    """Publisher, rights and contact, the same for the catalogue and each of its datasets."""
    contact = {
        "@type": "vcard:Organization",
        "vcard:fn": words.PUBLISHER,
        "vcard:hasEmail": _iri(f"mailto:{of.contact}"),
    }
    return {
        "dct:publisher": {"@id": "#publisher", "@type": "foaf:Agent", "foaf:name": words.PUBLISHER},
        **_rights(of),
        **({"dcat:contactPoint": contact} if of.contact else {}),
    }


def _rights(of: OpenData) -> Json:
    if of.licence:
        return {"dct:license": _iri(of.licence)}
    return {"dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": values(of.rights)}}


def _dataset(of: OpenData, one: Dataset) -> Json:
    days = of.published_on(one.years)
    return {
        "@id": f"#{one.name}",
        "@type": "dcat:Dataset",
        "dct:identifier": one.name,
        "dct:title": values(one.title),
        "dct:description": values(_joined(one.definition, *one.notes, *of.synthetic)),
        "dcat:keyword": values(*words.KEYWORDS),
        "dcat:theme": _iri(_THEME),
        "dct:accessRights": _iri(_PUBLIC),
        "dct:accrualPeriodicity": _iri(_ANNUAL),
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": day(f"{one.years[0]}-01-01"),
            "dcat:endDate": day(f"{one.years[-1]}-12-31"),
        },
        "dct:language": [_iri(address) for address in _LANGUAGES.values()],
        "dct:issued": day(days[0].isoformat()),
        "dct:modified": day(days[-1].isoformat()),
        **_about(of),
        "dcat:distribution": [
            _distribution(of, table_file(one), "text/csv", _CSVW, LANGUAGES),
            *(
                _distribution(
                    of,
                    json_stat.dataset_file(one, language),
                    json_stat.MEDIA_TYPE,
                    _JSON_STAT,
                    (language,),
                )
                for language in LANGUAGES
            ),
        ],
    }


def _distribution(
    of: OpenData, file: str, media_type: str, standard: str, languages: tuple[str, ...]
) -> Json:
    return {
        "@id": f"#{file}",
        "@type": "dcat:Distribution",
        "dct:title": values(Text(file, file)),
        "dcat:accessURL": _iri(file),
        "dcat:downloadURL": _iri(file),
        "dcat:mediaType": _iri(f"{_IANA}/{media_type}"),
        "dct:format": _iri(_FORMATS[media_type]),
        "dct:conformsTo": {"@id": standard, "@type": "dct:Standard"},
        "dct:language": [_iri(_LANGUAGES[language]) for language in languages],
        **_rights(of),
    }


def _joined(*texts: Text) -> Text:
    return Text(*(" ".join(said) for said in zip(*texts, strict=True)))


def _iri(address: str) -> Json:
    return {"@id": address}
