mod child;
mod crash;
mod disk;
mod source_file;
mod store;
