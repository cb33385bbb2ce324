// @ts-check
// The declarations that a user's compiler sees, made in memory: no build has to stand, none can be out of date.
import ts from 'typescript'
import { repository } from './package-entries.mjs'

/**
 * A program over the declaration files of `src`.
 *
 * @returns {ts.Program}
 */
export function declarationProgram() {
  const { options, fileNames } = readConfiguration(`${repository}tsconfig.build.json`)
  /** @type {Map<string, string>} */
  const emitted = new Map()
  const source = ts.createProgram(fileNames, { ...options, declarationMap: false, emitDeclarationOnly: true })
  source.emit(undefined, (path, text) => emitted.set(path, text))
  return ts.createProgram([...emitted.keys()], options, hostOver(emitted, options))
}

/** @param {string} path */
function readConfiguration(path) {
  const { config, error } = ts.readConfigFile(path, ts.sys.readFile)
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'))
  return ts.parseJsonConfigFileContent(config, ts.sys, repository)
}

/**
 * The usual host, with files that are only in memory before those on the disk.
 *
 * @param {ReadonlyMap<string, string>} files
 * @param {ts.CompilerOptions} options
 * @returns {ts.CompilerHost}
 */
export function hostOver(files, options) {
  const host = ts.createCompilerHost(options)
  const { fileExists, readFile, getSourceFile } = host
  return {
    ...host,
    // The folders of files in memory are nowhere, and the compiler looks into no folder that is not there.
    directoryExists: () => true,
    fileExists: (path) => files.has(path) || fileExists(path),
    readFile: (path) => files.get(path) ?? readFile(path),
    getSourceFile: (path, language, ...rest) => {
      const text = files.get(path)
      return text === undefined
        ? getSourceFile(path, language, ...rest)
        : ts.createSourceFile(path, text, language, true)
    },
  }
}
