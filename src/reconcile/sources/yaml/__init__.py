"""YAML as a desired state: read.py and write.py, and the form both go by."""

from reconcile.sources.yaml.source import YamlSource

__all__ = ["YamlSource"]
