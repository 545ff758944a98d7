"""What operators read of the traffic: lists, timelines and months."""
