package story

// shared holds the seeds and labelled public news, which do not come with the source.
const shared = "../../../shared"
