"""季通报: drafted from the figures of a quarter, edited by a person, written as a document after GB/T 9704—2012.

model.py says what a draft is, draft.py and its parts write the sentences, edit.py takes in what a person changed,
write.py makes the document.
"""
