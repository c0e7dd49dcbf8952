mod authored;
mod example;
