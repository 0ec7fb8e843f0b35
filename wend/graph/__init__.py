"""Journeys as diagrams: nodes and edges (`diagram`), with counts (`counted`), written as Mermaid or drawn as SVG."""
