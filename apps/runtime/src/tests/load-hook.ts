/** Under this name the run of tests leaves what loads its files, for the file that Node's test runner imports. */
export const LOAD_TEST_FILES = Symbol.for('lathe.load-test-files')
