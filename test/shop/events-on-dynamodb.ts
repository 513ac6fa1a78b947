/** Imported before the services, which read it as they are loaded. Each file of tests has an environment of its own. */
process.env['SHOP_STORE'] = 'dynamodb';
