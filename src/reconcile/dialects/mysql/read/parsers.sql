SELECT plugin_name
FROM information_schema.plugins
WHERE plugin_type = 'FTPARSER' AND plugin_status = 'ACTIVE'
