"""A block pasted from Excel or WPS: cells → columns → typed rows with findings → records. The grid itself is the desktop's."""
