"""The demo deliveries: made-up persons who reproduce the printed reports of 2019 and 2021."""
