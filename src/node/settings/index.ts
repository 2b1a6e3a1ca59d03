/** Settings: `config.yaml`, environment and flags, checked and complete. */
export { SettingsError, type SettingsErrorCode } from './errors.ts'
export { type SettingKey, settingKeys, variableOf } from './keys.ts'
export { describeSettings, loadSettings, type Settings } from './load.ts'
export { usualPort } from './schema.ts'
