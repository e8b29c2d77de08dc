# Pages follow.
app_name = "funds"
urlpatterns: list = []
