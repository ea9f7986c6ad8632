int example;
