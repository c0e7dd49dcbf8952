mod authored;
mod every_field;
mod example;
