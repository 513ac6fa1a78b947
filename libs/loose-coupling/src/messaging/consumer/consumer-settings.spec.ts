import { DEFAULT_CONSUMER_SETTINGS, withDefaults } from './consumer-settings.js';

describe('the settings of a consumer', () => {
  it('have their default where nothing was given', () => {
    expect(withDefaults()).toEqual(DEFAULT_CONSUMER_SETTINGS);
    expect(withDefaults({ concurrency: 3, heartbeat: false, visibilityTimeout: undefined })).toEqual({
      ...DEFAULT_CONSUMER_SETTINGS,
      concurrency: 3,
      heartbeat: false,
    });
  });
});
