"""The index as the settings say: where it is, how it is built, and what searches it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.settings import SettingError
from retrieval import engine
from retrieval.errors import EngineSettingError
from retrieval.index import Index

if TYPE_CHECKING:
    from pathlib import Path

    from bot.settings import Settings
    from retrieval.engine import Engine


_SETTINGS = {
    "urls": "WENJU_OPENSEARCH_URL",
    "api_key": "WENJU_OPENSEARCH_API_KEY",
    "authority": "WENJU_OPENSEARCH_CA",
}


def index_of(settings: Settings) -> Index:
    """Raise SettingError where the engine cannot be used."""
    return Index(
        settings.snapshots,
        settings.dictionary,
        recognised=settings.recognised,
        engine=engine_of(settings, settings.engine, settings.opensearch_alias, settings.snapshots),
    )


def engine_of(settings: Settings, name: str, alias: str, snapshots: Path | None = None) -> Engine:
    """Return the engine of that name, for the folder of all `snapshots` or for passing ones.

    `alias` begins the names of its indices on a cluster. Raise SettingError where it cannot be used.
    """
    if name == "embedded":
        return engine.EMBEDDED
    if not settings.opensearch_url:
        raise SettingError("WENJU_OPENSEARCH_URL", "须给出检索集群的地址")
    cluster = {
        "urls": settings.opensearch_url,
        "api_key": settings.opensearch_key,
        "authority": str(settings.opensearch_ca) if settings.opensearch_ca else None,
        "alias": alias,
        "snapshots": str(snapshots.absolute()) if snapshots else None,
        "shards": settings.opensearch_shards,
        "replicas": settings.opensearch_replicas,
    }
    try:
        return engine.engine_of(cluster)
    except ImportError as error:
        missing = "请先运行 make opensearch（Docker：.env 中写 EXTRAS=opensearch）"
        raise SettingError("WENJU_ENGINE", missing) from error
    except EngineSettingError as error:
        raise SettingError(_SETTINGS[error.setting], str(error)) from error
