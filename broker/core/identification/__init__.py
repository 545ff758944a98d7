"""What an object is by its marks: serials, calibres, makers, countries, numbers.

Values in, values out. What a comparison finds is a lead, never a decision; keeping
leads and showing them is left to the floors above.
"""
