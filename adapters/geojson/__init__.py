"""Routes as a GeoJSON file that is always the present one."""
