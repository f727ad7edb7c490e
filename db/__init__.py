"""The register: what is known and the rules it must keep. No Qt, no workbook."""
