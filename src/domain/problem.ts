/** One thing wrong with one field of an input, said for whoever typed it. */
export interface FieldProblem {
  field: string;
  message: string;
}
