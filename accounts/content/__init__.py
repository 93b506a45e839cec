"""Encrypts what people typed about somebody, before it reaches the database; see docs/decisions/0014-encryption.md.

For a new model it is one line for each field: `text = EncryptedTextField(row="reference")`, where `row` names the field
that is given to a row when it is made and never changes. Without such a field add `row_key = RowKeyField()`, and leave
`row` out. For files see `accounts.content.files`.
"""
