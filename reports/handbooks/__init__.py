"""A household's handbooks: one data set, two books. Pure: content in, pages out."""
