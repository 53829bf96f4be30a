"""Mutation operators: every single edit of a right function's syntax tree.

index      an index swapped, or replaced by another one       variable   another variable
factor     a factor left out                                  repeated   a factor twice
term       a term left out                                    sign       a sign turned round
operator   another operator                                   constant   another number
transpose  an array transposed                                arguments  arguments swapped
call       a call left out, doubled, or of another function   returned   results swapped
unpacked   a value taken apart in another order               order      a statement moved
dropped    a statement left out
range      a loop that runs once too few or too many          in_place   an argument overwritten
"""

from grader.diagnosis.operators.edits import Edit, Site
from grader.diagnosis.operators.expressions import expression_edits
from grader.diagnosis.operators.names import name_edits
from grader.diagnosis.operators.statements import statement_edits

__all__ = ["Edit", "Site", "expression_edits", "name_edits", "statement_edits"]
