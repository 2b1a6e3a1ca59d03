/** Why Resolve cannot be talked to. */
export type ResolveMissingCode =
  /** Nothing of it lies where its installer puts it. */
  | 'not-installed'
  /** Neither a Python 3 nor fuscript was found. */
  | 'no-interpreter'
  /** Its scripting module is not there, or this Python cannot load it. */
  | 'no-api'
  | 'not-running'
  /** It runs, but does not answer: external scripting is off, or it is not Studio. */
  | 'not-answering'
  /** The script ended or fell silent before Resolve could be asked. */
  | 'bridge-failed'

/** `message` is one line for a person, `hint` says what to do next. */
export interface ResolveMissing {
  code: ResolveMissingCode
  message: string
  hint: string
}

const hints: Readonly<Record<ResolveMissingCode, string>> = {
  'not-installed':
    'Install DaVinci Resolve Studio, or name its folders in the settings resolve.scriptApi and scriptLib.',
  'no-interpreter': 'Install Python 3 for all users, or name one in the setting resolve.pythonPath.',
  'no-api':
    'Install a Python 3 that this version of Resolve supports, or correct RESOLVE_SCRIPT_API and RESOLVE_SCRIPT_LIB.',
  'not-running': 'Start DaVinci Resolve Studio and open a project.',
  'not-answering':
    'Set Preferences > System > General > External scripting using to Local, then restart Resolve; the free edition cannot be scripted from outside, only Studio can.',
  'bridge-failed': 'Name another Python 3 in the setting resolve.pythonPath, or set resolve.language to lua.'
}

export const missing = (code: ResolveMissingCode, message: string): ResolveMissing => ({
  code,
  message,
  hint: hints[code]
})
