package main

// keepToOwner leaves who may read a file to the folder that it is in.
func keepToOwner() {}
