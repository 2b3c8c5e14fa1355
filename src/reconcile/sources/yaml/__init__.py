"""YAML as a desired state: read.py and write.py, and the form both go by."""

from reconcile.sources.yaml.source import YamlSource
from reconcile.sources.yaml.write import to_yaml

__all__ = ["YamlSource", "to_yaml"]
